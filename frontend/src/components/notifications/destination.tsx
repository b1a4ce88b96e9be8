/** Where a rule's messages go: the fields that its channel takes. */
import { TextInput } from "@mantine/core";
import type { NotificationChannel, NotificationRule } from "@/lib/api/types";
import form from "../forms.module.css";
import { WrittenField } from "../written-field";
import { MADE_AT, SECRETS, TEXTS } from "./model";

interface Props {
  channel: NotificationChannel;
  /** The one that is changed. */
  rule: NotificationRule | undefined;
  /** Whether the rule is one's own. */
  own: boolean;
  problem(field: string): string | undefined;
}

export function Destination({ channel: { kind, fields }, rule, own, problem }: Props) {
  const saved = rule?.destination;
  const asked = (name: string) => fields.includes(name);
  const secret = (name: string) => {
    const words = SECRETS[name];
    if (!words || !asked(name)) return null;
    const { label, description } = words;
    return (
      <WrittenField
        name={name}
        label={label}
        description={`${(name === "url" && MADE_AT[kind]) || description}${rule && name !== "url" ? " Left empty, what is set stays." : ""}`}
        required={name === "url"}
        known={rule && name === "url" ? { set_at: rule.created_at } : undefined}
        error={problem(`destination.${name}`)}
      />
    );
  };
  const text = (name: "host" | "port" | "room" | "nick" | "to", required = false) => {
    if (!asked(name)) return null;
    const value = saved?.[name];
    return (
      <TextInput
        {...TEXTS[name]}
        name={name}
        required={required}
        autoComplete="off"
        inputMode={name === "port" ? "numeric" : undefined}
        defaultValue={Array.isArray(value) ? value.join(", ") : (value ?? "")}
        error={problem(`destination.${name}`)}
      />
    );
  };
  return (
    <>
      {secret("url")}
      {text("to", !own)}
      {own && asked("to") && <p className={form.note}>Left empty, mail goes to the address of your account.</p>}
      {asked("host") && (
        <>
          <div className={form.two}>
            {text("host", true)}
            {text("port")}
          </div>
          <div className={form.two}>
            {text("room", true)}
            {text("nick")}
          </div>
          <label className={form.choice}>
            <input type="checkbox" name="tls" defaultChecked={saved?.tls ?? true} />
            <strong>TLS</strong>
            <span>Encrypted, and the server's certificate is checked.</span>
          </label>
          <div className={form.two}>
            {secret("password")}
            {secret("key")}
          </div>
        </>
      )}
    </>
  );
}
