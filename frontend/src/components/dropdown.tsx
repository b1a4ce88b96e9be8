/** A button that opens a small panel below it. Escape, a click elsewhere and a choice close it; the focus returns. */
import { useClickOutside } from "@mantine/hooks";
import { type ReactNode, useId, useRef, useState } from "react";
import classes from "./dropdown.module.css";

interface Props {
  /** What a screen reader calls the button and the panel. */
  label: string;
  button: ReactNode;
  /** Of the button. */
  className?: string;
  disabled?: boolean;
  children: (close: () => void) => ReactNode;
}

export function Dropdown({ label, button, className, disabled, children }: Props) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const opener = useRef<HTMLButtonElement>(null);
  const box = useClickOutside<HTMLDivElement>(() => setOpen(false));
  const close = () => {
    setOpen(false);
    opener.current?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes it wherever the focus is within
    <div
      ref={box}
      className={classes.box}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !open) return;
        // the page's own Escape must not act as well
        event.stopPropagation();
        close();
      }}
    >
      <button
        ref={opener}
        type="button"
        className={className}
        aria-label={label}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        disabled={disabled}
        onClick={() => setOpen(!open)}
      >
        {button}
      </button>
      {open && (
        <section id={id} className={classes.panel} aria-label={label}>
          {children(close)}
        </section>
      )}
    </div>
  );
}
