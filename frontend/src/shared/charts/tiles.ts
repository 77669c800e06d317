import type { Look, Option } from "./types.ts";

export interface Tile {
  /** What stands on it, such as the code of a country. */
  label: string;
  column: number;
  row: number;
  value: number;
  text: string;
}

const ROW = 44;
const LARGEST = 44;
const GAP = 3;
/** Below this size, in pixels, only the label fits on a tile; below the other one nothing does. */
const WITH_NUMBER = 32;
const WITH_LABEL = 16;
const FAINTEST = 0.25;

export function tilesHeight(tiles: readonly Tile[]): number {
  return (Math.max(...tiles.map((tile) => tile.row), 0) + 1) * ROW + 16;
}

/** Tiles at their places, the darker the more; each says how many it stands for. */
export function tilesOption(look: Look, tiles: readonly Tile[]): Option {
  const most = Math.max(...tiles.map((tile) => tile.value), 1);
  const columns = Math.max(...tiles.map((tile) => tile.column), 0) + 1;
  const rows = Math.max(...tiles.map((tile) => tile.row), 0) + 1;
  const hidden = { show: false, type: "value", min: 0 };
  return {
    animationDuration: 300,
    textStyle: { fontFamily: look.font, color: look.ink, fontSize: 12 },
    backgroundColor: "transparent",
    grid: { left: 8, right: 8, top: 8, bottom: 8 },
    xAxis: { ...hidden, max: columns },
    yAxis: { ...hidden, max: rows, inverse: true },
    series: [
      {
        type: "custom",
        data: tiles.map((tile, place) => [tile.column, tile.row, place]),
        encode: { x: 0, y: 1 },
        renderItem: (
          _: unknown,
          at: {
            value: (dimension: number) => number;
            coord: (point: [number, number]) => [number, number];
            size: (point: [number, number]) => [number, number];
          },
        ) => {
          const tile = tiles[at.value(2)];
          if (tile === undefined) return undefined;
          const [width, height] = at.size([1, 1]);
          const size = Math.min(width, height, LARGEST) - GAP;
          const [left, top] = at.coord([tile.column, tile.row]);
          const [x, y] = [left + (width - size) / 2, top + (height - size) / 2];
          const weight = FAINTEST + (1 - FAINTEST) * (tile.value / most);
          const written = { fill: weight > 0.6 ? look.surface : look.ink, textAlign: "center" };
          const middle = x + size / 2;
          return {
            type: "group",
            children: [
              {
                type: "rect",
                shape: { x, y, width: size, height: size, r: 4 },
                style: { fill: look.surface },
              },
              {
                type: "rect",
                shape: { x, y, width: size, height: size, r: 4 },
                style: { fill: look.accent, opacity: weight },
              },
              ...(size >= WITH_LABEL
                ? [
                    {
                      type: "text",
                      x: middle,
                      y: y + (size >= WITH_NUMBER ? 6 : (size - 10) / 2),
                      style: { ...written, text: tile.label, font: `600 11px ${look.font}` },
                    },
                  ]
                : []),
              ...(size >= WITH_NUMBER
                ? [
                    {
                      type: "text",
                      x: middle,
                      y: y + 21,
                      style: { ...written, text: tile.text, font: `12px ${look.font}` },
                    },
                  ]
                : []),
            ],
          };
        },
      },
    ],
  };
}
