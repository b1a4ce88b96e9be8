/** Who changed what, from what to what; filters stand in the address. */
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useSearchParams } from "react-router";
import { DataTable, optional } from "@/components/data-table";
import { Empty } from "@/components/empty";
import form from "@/components/forms.module.css";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import { itemsOf, More } from "@/components/rows-of-pages";
import classes from "@/components/table.module.css";
import { Time } from "@/components/time";
import { TypedField } from "@/components/typed-field";
import type { AuditItem } from "@/lib/api/types";
import own from "./admin.module.css";
import { useAudit } from "./api/audit";
import { changesOf, exportPath, filterOf, KNOWN } from "./audit-model";

export function AuditSection() {
  const [params, setParams] = useSearchParams();
  const filter = filterOf(params);
  const audit = useAudit(filter);
  const set = (name: string, value: string) => {
    const next = new URLSearchParams(params);
    if (value) next.set(name, value);
    else next.delete(name);
    setParams(next, { replace: true });
  };
  return (
    <Section
      title="Audit log"
      actions={
        <>
          <a href={exportPath(filter, "csv")} download="audit.csv">
            Export CSV
          </a>
          <a href={exportPath(filter, "json")} target="_blank" rel="noreferrer">
            JSON
          </a>
        </>
      }
    >
      <Filters params={params} onSet={set} onClear={() => setParams({}, { replace: true })} />
      <Loaded query={audit} rows={8}>
        {(data) =>
          itemsOf(data).length ? (
            <AuditRows items={itemsOf(data)} onSet={set} />
          ) : (
            <Empty title="Nothing of that kind was done">Choose another action, person or time.</Empty>
          )
        }
      </Loaded>
      <More query={audit} />
    </Section>
  );
}

/** More changed fields than these are folded away: what was made has all of its own. */
const FEW = 3;

type OnSet = (name: string, value: string) => void;

function Filters({ params, onSet, onClear }: { params: URLSearchParams; onSet: OnSet; onClear(): void }) {
  const value = (name: string) => params.get(name) ?? "";
  return (
    <div className={own.filters}>
      <TypedField
        label="Who"
        placeholder="Name or id"
        size="xs"
        value={value("who")}
        onSettled={(text) => onSet("who", text)}
      />
      <NativeSelect
        label="What was done"
        size="xs"
        value={value("action")}
        onChange={(event) => onSet("action", event.currentTarget.value)}
        data={[{ value: "", label: "anything" }, ...KNOWN.map((one) => ({ value: one, label: one.replace(".", " ") }))]}
      />
      <TypedField
        label="To what"
        placeholder="Its id"
        size="xs"
        value={value("object")}
        onSettled={(text) => onSet("object", text)}
      />
      {["since", "until"].map((name) => (
        <TextInput
          key={name}
          label={name === "since" ? "From" : "To"}
          type="date"
          size="xs"
          value={value(name)}
          onChange={(event) => onSet(name, event.currentTarget.value)}
        />
      ))}
      {params.size > 0 && (
        <Button size="xs" variant="subtle" onClick={onClear}>
          Clear
        </Button>
      )}
    </div>
  );
}

function AuditRows({ items, onSet }: { items: readonly AuditItem[]; onSet: OnSet }) {
  return (
    <DataTable label="Audit log" columns={["When", "What", optional("From")]}>
      {items.map((item) => (
        <tr key={item.id} className={own.tall}>
          <td className={classes.nowrap}>
            <Time at={item.at} />
          </td>
          <td className={own.text}>
            {item.text}{" "}
            <Button
              size="compact-xs"
              variant="subtle"
              aria-label={`All that was done to ${item.object.kind} ${item.object.name}`}
              onClick={() => onSet("object", item.object.id)}
            >
              all to this
            </Button>
            <Changes item={item} />
          </td>
          <td className={`${classes.optional} mono`}>{item.address ?? <span className="muted">–</span>}</td>
        </tr>
      ))}
    </DataTable>
  );
}

function Changes({ item }: { item: AuditItem }) {
  const changes = changesOf(item);
  if (!changes.length) return null;
  if (changes.length <= FEW) return <Pairs changes={changes} />;
  return (
    <details className={own.fold}>
      <summary>{changes.length} fields</summary>
      <Pairs changes={changes} />
    </details>
  );
}

function Pairs({ changes }: { changes: ReturnType<typeof changesOf> }) {
  return (
    <dl className={own.change}>
      {changes.map(([name, before, after]) => (
        <div key={name} className={form.pair}>
          <dt>{name}</dt>
          <dd>
            {before !== null && <s>{before}</s>}
            {before !== null && after !== null && " → "}
            {after}
          </dd>
        </div>
      ))}
    </dl>
  );
}
