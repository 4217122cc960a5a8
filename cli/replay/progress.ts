/** One line that is written over on a terminal; a plain line every ten seconds elsewhere. */
export function progressLine(stream: NodeJS.WriteStream): { show(text: string): void; end(): void } {
  const every = stream.isTTY ? 200 : 10_000;
  let last = performance.now() - (stream.isTTY ? every : 0);
  let shown = false;
  return {
    show(text) {
      if (performance.now() - last < every) return;
      last = performance.now();
      stream.write(stream.isTTY ? `\r\x1b[K${text}` : `${text}\n`);
      shown = true;
    },
    end() {
      if (shown && stream.isTTY) stream.write('\n');
    },
  };
}
