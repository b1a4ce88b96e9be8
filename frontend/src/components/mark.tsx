/** Three dominoes, the last two falling. */
export function Mark({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 18 16" fill="var(--accent)" aria-hidden="true">
      <rect x="1.2" y="2.6" width="3.2" height="11.4" rx="1" />
      <rect x="4.9" y="2.6" width="3.2" height="11.4" rx="1" transform="rotate(16 6.5 14)" opacity=".8" />
      <rect x="8.4" y="3" width="3.2" height="11.4" rx="1" transform="rotate(40 9.9 14)" opacity=".6" />
    </svg>
  );
}
