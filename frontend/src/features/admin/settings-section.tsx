/** The settings in force, read-only: they are set where DominoCI is started. Secrets are never shown. */
import { useSearchParams } from "react-router";
import { Empty } from "@/components/empty";
import form from "@/components/forms.module.css";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import { SelectBox } from "@/components/select-box";
import classes from "@/components/table.module.css";
import type { EffectiveSetting } from "@/lib/api/types";
import own from "./admin.module.css";
import { useEffectiveSettings } from "./api/system";

const SOURCE: Record<EffectiveSetting["source"], string> = {
  default: "default",
  environment: "environment",
  file: "a file",
};

export function SettingsSection() {
  const [params, setParams] = useSearchParams();
  const changed = params.get("show") === "set";
  return (
    <Section
      title="Settings in force"
      actions={
        <SelectBox
          label="Which settings"
          value={changed ? "set" : "all"}
          options={[
            ["all", "All"],
            ["set", "Only what is set"],
          ]}
          onChange={(show) => setParams(show === "set" ? { show } : {}, { replace: true })}
        />
      }
    >
      <Loaded query={useEffectiveSettings()} rows={10}>
        {({ items }) => <SettingRows settings={changed ? items.filter(({ source }) => source !== "default") : items} />}
      </Loaded>
    </Section>
  );
}

function SettingRows({ settings }: { settings: readonly EffectiveSetting[] }) {
  if (!settings.length) return <Empty title="Nothing is set">Every setting is at its default.</Empty>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section className={classes.wrap} tabIndex={0} aria-label="Settings, with their values">
      <table className={classes.table} aria-label="Settings in force">
        <thead>
          <tr>
            <th scope="col">Setting</th>
            <th scope="col">Value</th>
            <th scope="col">From</th>
          </tr>
        </thead>
        <tbody>
          {settings.map((setting) => (
            <tr key={setting.name}>
              <td className={own.setting}>
                <code>{setting.name}</code>
                <span className={classes.under}>{setting.meaning}</span>
              </td>
              <td className={own.value}>
                <Value setting={setting} />
              </td>
              <td className={setting.source === "default" ? form.off : undefined}>{SOURCE[setting.source]}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Value({ setting: { secret, is_set, value } }: { setting: EffectiveSetting }) {
  if (secret) return <span className="muted">{is_set ? "set, not shown" : "not set"}</span>;
  return value ? <code>{value}</code> : <span className="muted">empty</span>;
}
