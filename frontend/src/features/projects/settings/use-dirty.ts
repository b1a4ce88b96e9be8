/** Whether a form holds something that is not saved yet; what it holds is compared as it would be sent. */
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";

export interface Dirty {
  form: RefObject<HTMLFormElement | null>;
  dirty: boolean;
  /** To be called when something in the form may have changed. */
  look(): void;
  /** What the form holds now is what is saved. */
  settle(): void;
}

export function useDirty(): Dirty {
  const form = useRef<HTMLFormElement>(null);
  const saved = useRef("");
  const [dirty, setDirty] = useState(false);
  const settle = useCallback(() => {
    saved.current = written(form.current);
    setDirty(false);
  }, []);
  useEffect(settle, [settle]);
  // a choice may bring other fields: they are there when the event is over
  const look = () => setTimeout(() => form.current && setDirty(written(form.current) !== saved.current));
  return { form, dirty, look, settle };
}

function written(form: HTMLFormElement | null): string {
  return form ? JSON.stringify([...new FormData(form)]) : "";
}
