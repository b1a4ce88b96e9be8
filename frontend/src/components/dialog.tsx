/**
 * A dialog with a heading. Escape, the cross and a click beside it close it; the focus stays inside and returns.
 * Keys that are pressed in it are its own: the shortcuts of the page below rest.
 */
import { Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { useFocusBack } from "@/lib/use-focus-back";
import classes from "./dialog.module.css";

interface Props {
  title: string;
  opened: boolean;
  onClose(): void;
  size?: "md" | "lg";
  children: ReactNode;
}

export function Dialog({ title, opened, onClose, size = "md", children }: Props) {
  useFocusBack(opened);
  return (
    <Modal.Root opened={opened} onClose={onClose} size={size}>
      <Modal.Overlay />
      <Modal.Content aria-label={title} onKeyDown={(event) => event.stopPropagation()}>
        <Modal.Body className={classes.body}>
          <div className={classes.head}>
            <h2>{title}</h2>
            <button type="button" className={classes.close} onClick={onClose} aria-label="Close">
              ×
            </button>
          </div>
          {children}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
