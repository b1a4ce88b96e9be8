/** Notifications: whom the project tells what happens to it. */
import { NotificationRules } from "@/components/notifications/rules";
import type { Project } from "@/lib/api/types";

export function NotificationsSection({ project: { name } }: { project: Project }) {
  return (
    <NotificationRules of={{ project: name }}>
      A rule tells a chat, an IRC channel or a mailbox when {name} breaks, and when it works again: what broke, since
      which commit, whose it is.
    </NotificationRules>
  );
}
