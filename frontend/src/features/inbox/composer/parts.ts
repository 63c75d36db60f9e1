const MOST_PARTS = 20;
const LINE_END = /^(\r\n|[\n\r\v\f\u0085\u2028\u2029])$/;
const SPACE = /^\s+$/;

export interface Limit {
  limit: number;
  length: (text: string) => number;
}

/** In how many messages a text would go, cut where the service cuts it; null: in more than it sends. */
export function partsOf(text: string, can: Limit): number | null {
  const whole = can.length(text);
  if (whole <= can.limit) return 1;
  if (whole > MOST_PARTS * can.limit) return null;
  const clusters = graphemes(text.trim());
  if (clusters.some((cluster) => can.length(cluster) > can.limit)) return null;
  let parts = 0;
  for (let at = 0; at < clusters.length; parts += 1) {
    while (SPACE.test(clusters[at] ?? "")) at += 1;
    at = endOf(clusters, at, can);
  }
  return parts > MOST_PARTS ? null : parts;
}

/** The last line that fits, else the last word, else as much as fits. */
function endOf(clusters: string[], start: number, can: Limit): number {
  let room = can.limit;
  let end = start;
  let [line, word] = [start, start];
  while (end < clusters.length) {
    room -= can.length(clusters[end] ?? "");
    if (room < 0) break;
    end += 1;
    const next = clusters[end];
    if (next !== undefined && LINE_END.test(next)) line = end;
    else if (next !== undefined && SPACE.test(next)) word = end;
  }
  if (end === clusters.length) return end;
  return line > start ? line : word > start ? word : end;
}

function graphemes(text: string): string[] {
  if (!("Segmenter" in Intl)) return [...text];
  return Array.from(
    new Intl.Segmenter("und", { granularity: "grapheme" }).segment(text),
    (each) => each.segment,
  );
}
