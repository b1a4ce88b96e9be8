/** The shortcuts of the frame, which work wherever no page has its own. */
import { useNavigate } from "react-router";
import { walkRows } from "@/lib/rows";
import { useCopy } from "@/lib/use-copy";
import { useKeys } from "@/lib/use-keys";
import { useSequence } from "@/lib/use-sequence";
import { EVERYWHERE } from "./places";

const next = () => walkRows(1);
const previous = () => walkRows(-1);
const nextBad = () => walkRows(1, true);
const previousBad = () => walkRows(-1, true);
const ROWS = { j: next, k: previous, f: nextBad, F: previousBad };

/** Answers whether the link was copied just now, and the copying of it. */
export function useShellKeys(fold: () => void, help: () => void): { copied: boolean; copyLink(): void } {
  const navigate = useNavigate();
  const { copied, copy } = useCopy();
  const copyLink = () => copy(location.href);
  useSequence("g", Object.fromEntries(EVERYWHERE.map(({ key, to }) => [key ?? "", () => void navigate(to)])));
  useKeys(
    {
      "[": fold,
      "?": help,
      y: copyLink,
      ...ROWS,
    },
    { last: true },
  );
  return { copied, copyLink };
}
