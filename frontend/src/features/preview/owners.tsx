import { Section } from "@/components/page";
import type { LookAhead } from "@/lib/api/types";
import classes from "./preview.module.css";

/** Whom it touches: the owners of what would run, those of most projects first. */
export function Owners({ owners }: { owners: LookAhead["owners"] }) {
  if (!owners.length) return null;
  return (
    <Section title={`Whom it touches (${owners.length})`} padded>
      <ul className={classes.drops} aria-label="Owners">
        {owners.map(({ name, contact, projects }) => (
          <li key={`${name} ${contact}`}>
            <strong>{name ?? contact}</strong> {name && contact && `${contact} · `}
            <span className="muted">
              {projects} {projects === 1 ? "project" : "projects"}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
