/** How many failed, level by level, and which events keep most others from running. */
import { Link, useLocation } from "react-router";
import { StateIcon } from "@/components/state-icon";
import type { TreeNumbers } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { asState } from "@/lib/states";
import { formatDuration } from "@/lib/time";
import { percentText } from "./forecast-text";
import classes from "./numbers-panel.module.css";

export function NumbersPanel({ numbers, onLeave }: { numbers: TreeNumbers; onLeave(): void }) {
  const { search } = useLocation();
  return (
    <div className={classes.panel}>
      <table>
        <thead>
          <tr>
            <th scope="col">Children</th>
            <th scope="col">failed</th>
            <th scope="col">of settled</th>
            <th scope="col">skipped</th>
          </tr>
        </thead>
        <tbody>
          <Level name="First level" level={numbers.first_level} />
          <Level name="All levels" level={numbers.all_levels} />
        </tbody>
      </table>
      <p className="muted">
        {formatDuration(numbers.run_s * 1000)} of running and {formatDuration(numbers.queued_s * 1000)} of queueing in{" "}
        {formatDuration(numbers.wall_s * 1000)}.
      </p>
      {numbers.blocks_most.length > 0 && (
        <>
          <h2>Blocks most</h2>
          <ul>
            {numbers.blocks_most.slice(0, 5).map((one) => (
              <li key={one.sub_id}>
                <StateIcon state={asState(one.state)} size={14} />
                <Link to={paths.event(numbers.tree_id, one.sub_id) + search} onClick={onLeave}>
                  {one.project?.name || "Private project"} <span className="mono">{one.sub_id}</span>
                </Link>
                <span className="muted">
                  blocks {one.blocks} {one.blocks === 1 ? "event" : "events"}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

function Level({ name, level }: { name: string; level: TreeNumbers["all_levels"] }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{percentText(level.failed_percent)}</td>
      <td>
        {level.failed} of {level.settled}
      </td>
      <td>{level.skipped}</td>
    </tr>
  );
}
