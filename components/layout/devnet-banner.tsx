/** Says on every page that nothing here is worth anything. */
export function DevnetBanner() {
  return (
    <aside aria-label="Network" className="bg-warn-wash px-4 py-1 text-center font-medium text-warn text-xs">
      Devnet: play money.<span className="max-sm:hidden"> Nothing here can be cashed in.</span>
    </aside>
  );
}
