import { useEffect, useState } from "react";

/** For a dialog that is there only while it is open: when it goes, and the focus with it, the focus returns to where it was. Mantine
 * does so only for one that stays mounted. */
export function useFocusBack(opened: boolean): void {
  // asked while it is rendered first: later the dialog has taken the focus already
  const [before] = useState(() => (opened ? document.activeElement : null));
  useEffect(
    () => () => {
      if (!(before instanceof HTMLElement)) return;
      setTimeout(() => {
        const lost = document.activeElement === null || document.activeElement === document.body;
        if (lost && before.isConnected) before.focus({ preventScroll: true });
      });
    },
    [before],
  );
}
