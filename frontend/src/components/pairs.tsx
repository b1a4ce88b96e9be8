/** Names and values of what other systems sent: shown as text, links only to http and https. */
import classes from "./pairs.module.css";

export function Pairs({ of }: { of: Record<string, unknown> }) {
  const filled = Object.entries(of).filter(([, value]) => value !== null && value !== undefined && value !== "");
  if (!filled.length) return <p className="muted">none</p>;
  return (
    <dl className={classes.pairs}>
      {filled.map(([name, value]) => (
        <div key={name} className={classes.pair}>
          <dt>{name}</dt>
          <dd>
            <Value value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Value({ value }: { value: unknown }) {
  if (typeof value !== "string") return <code>{JSON.stringify(value)}</code>;
  if (!/^https?:\/\//i.test(value)) return <>{value}</>;
  return (
    <a href={value} rel="noreferrer" target="_blank">
      {value}
    </a>
  );
}
