import classes from "./graph-view.module.css";

/** Everything that a wheel or a pinch does can be done by buttons too. */
export function ZoomButtons({ onFit, onZoom }: { onFit(): void; onZoom(factor: number): void }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields, these are buttons
    <div className={classes.zoom} role="group" aria-label="Zoom">
      <button type="button" onClick={() => onZoom(0.8)} aria-label="Zoom out" title="Zoom out (-)">
        −
      </button>
      <button type="button" onClick={() => onZoom(1.25)} aria-label="Zoom in" title="Zoom in (+)">
        +
      </button>
      <button type="button" onClick={onFit} title="Show all of it (0)">
        Fit
      </button>
    </div>
  );
}
