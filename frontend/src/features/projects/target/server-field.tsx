/** The address of a target's CI system, to which its secrets are sent. */
import { TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import own from "../settings/settings.module.css";
import type { Of } from "./field";
import { type Kind, keepsSecrets, serverField } from "./target-model";

/** The address that a target's secrets are sent to, and whether it is still the one that the saved ones belong to. */
export function useServer(kind: Kind, { target, problem }: Of) {
  const name = serverField(kind);
  const [address, setAddress] = useState(target?.[name] ?? "");
  const kept = !target || keepsSecrets(target, address);
  const field = (label: string, description: string | undefined, placeholder: string): ReactNode => (
    <>
      <TextInput
        label={label}
        name={name}
        type="url"
        value={address}
        onChange={(event) => setAddress(event.currentTarget.value)}
        placeholder={placeholder}
        description={description}
        required={!description}
        error={problem(`target.${name}`)}
      />
      {target && !kept && target.secrets.length > 0 && (
        <p className={own.warning} role="status">
          This is another server: it is sent none of the secrets that are kept for the present one. Give them again.
        </p>
      )}
    </>
  );
  return { kept, field };
}
