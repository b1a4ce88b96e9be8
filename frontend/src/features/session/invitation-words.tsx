import type { components } from "@/lib/api/schema";
import { formatLocal } from "@/lib/time";

export type Invitation = components["schemas"]["InvitationLook"];

/** Who invites, into what, and until when it holds. */
export function InvitationWords({
  invitation: { invited_by, owner, project, role, expires_at },
}: {
  invitation: Invitation;
}) {
  const place = owner ?? project;
  return (
    <p>
      {invited_by ?? "An admin"} invites you
      {place && (
        <>
          {" "}
          to <strong>{place}</strong> as {role}
        </>
      )}
      . The link works once, until <time dateTime={expires_at}>{formatLocal(Date.parse(expires_at))}</time>.
    </p>
  );
}
