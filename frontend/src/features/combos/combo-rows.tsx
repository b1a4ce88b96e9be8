import { Link } from "react-router";
import { Commit } from "@/components/commit";
import { DataTable, optional, optionalRight, right } from "@/components/data-table";
import classes from "@/components/table.module.css";
import { Time } from "@/components/time";
import type { ComboSummary } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import type { Choice } from "./choice";
import own from "./combos.module.css";

interface Props {
  combos: readonly ComboSummary[];
  choice: Choice | null;
  onPick(side: keyof Choice, id: string): void;
}

/** Combos as rows; two columns of radio buttons choose the older and the newer one of a comparison. */
export function ComboRows({ combos, choice, onPick }: Props) {
  return (
    <DataTable
      label="Combos"
      columns={["From", "To", "Combo", optionalRight("Members"), optional("Event"), right("When")]}
    >
      {combos.map((combo) => (
        <tr key={combo.id}>
          {(["old", "new"] as const).map((side) => (
            <td key={side} className={own.pick}>
              <Pick combo={combo} side={side} picked={choice?.[side] === combo.id} onPick={onPick} />
            </td>
          ))}
          <td className={classes.wide}>
            <Link to={paths.combo(combo.id)}>
              <strong>{combo.project.name}</strong>
            </Link>{" "}
            <Commit sha={combo.commit} />
          </td>
          <td className={`${classes.right} ${classes.optional} num`}>{combo.members}</td>
          <td className={`${classes.nowrap} ${classes.optional} in-text`}>
            <Link to={paths.event(combo.tree_id, combo.sub_id)}>{combo.sub_id}</Link>
            {combo.attempt > 1 && <span className="muted"> attempt {combo.attempt}</span>}
          </td>
          <td className={classes.right}>
            <Time at={combo.at} />
          </td>
        </tr>
      ))}
    </DataTable>
  );
}

interface PickProps extends Pick<Props, "onPick"> {
  combo: ComboSummary;
  side: keyof Choice;
  picked: boolean;
}

function Pick({ combo, side, picked, onPick }: PickProps) {
  const name = `${combo.project.name} ${combo.commit?.slice(0, 7) ?? combo.sub_id}`;
  return (
    <label>
      <input
        type="radio"
        name={`compare-${side}`}
        aria-label={`${side === "old" ? "From" : "To"} ${name}`}
        checked={picked}
        onChange={() => onPick(side, combo.id)}
      />
    </label>
  );
}
