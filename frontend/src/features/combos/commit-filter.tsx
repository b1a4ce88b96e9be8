import { type FormEvent, useState } from "react";
import { useSearchParams } from "react-router";
import box from "@/components/select-box.module.css";

/** The commit that the address asks for. */
export function useCommit(): { commit: string; setCommit(commit: string): void } {
  const [query, setQuery] = useSearchParams();
  return {
    commit: query.get("commit") ?? "",
    setCommit: (commit) => setQuery(commit ? { commit } : {}, { replace: true }),
  };
}

/** Asks which combos hold a commit; the first digits of it are enough. */
export function CommitFilter({ commit, onCommit }: { commit: string; onCommit(commit: string): void }) {
  const [typed, setTyped] = useState(commit);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onCommit(typed.trim());
  };
  const change = (text: string) => {
    setTyped(text);
    // the cross of a search field says so by an empty change
    if (!text) onCommit("");
  };
  return (
    <search>
      <form onSubmit={submit}>
        <input
          type="search"
          className={box.search}
          aria-label="Only with this commit"
          placeholder="Which hold this commit? Enter"
          maxLength={64}
          value={typed}
          onChange={(event) => change(event.currentTarget.value)}
        />
      </form>
    </search>
  );
}
