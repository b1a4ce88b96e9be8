/** The settings in force, read-only: they are set where DominoCI is started. Secrets are never shown. */
import { useSearchParams } from "react-router";
import { DataTable, optional } from "@/components/data-table";
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
  environment: "the environment",
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
    <DataTable
      label="Settings in force"
      box="Settings, with their values"
      columns={["Setting", "Value", optional("From")]}
    >
      {settings.map((setting) => (
        <tr key={setting.name}>
          <td className={own.setting}>
            <code>{setting.name}</code>
            <span className={classes.under}>{setting.meaning}</span>
          </td>
          <td className={own.value}>
            <Value setting={setting} />
            {setting.source !== "default" && (
              <span className={`${classes.under} ${own.narrow}`}>from {SOURCE[setting.source]}</span>
            )}
          </td>
          <td className={`${classes.nowrap} ${classes.optional} ${setting.source === "default" ? form.off : ""}`}>
            {SOURCE[setting.source]}
          </td>
        </tr>
      ))}
    </DataTable>
  );
}

function Value({ setting: { secret, is_set, value } }: { setting: EffectiveSetting }) {
  if (secret) return <span className="muted">{is_set ? "set, not shown" : "not set"}</span>;
  return value ? <code>{value}</code> : <span className="muted">empty</span>;
}
