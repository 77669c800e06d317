/**
 * Where countries and regions lie to each other, a tile for each, without borders: rows from north to south.
 * Maps with borders need an approved base map in some countries; which countries there are, and how many patents
 * each has, needs none.
 */
const ROWS = [
  "__ __ __ __ __ __ __ IS __ NO SE FI EE __ __ __ __ __ __ __ __ __ __ __",
  "CA __ __ __ __ __ IE GB DK NL DE PL LV LT BY RU KZ __ MN __ __ __ __ __",
  "US __ __ __ __ __ __ FR BE LU CZ SK UA MD GE __ UZ KG __ CN KP KR JP __",
  "MX __ CU DO __ __ PT ES CH LI AT HU RO __ AM AZ TM TJ __ __ __ TW __ __",
  "GT HN __ PR __ __ __ __ IT SM SI HR RS BG TR IR AF __ __ MO HK __ __ __",
  "SV NI __ __ TT __ MA __ MC BA ME MK GR CY SY IQ PK NP BT MM LA VN PH __",
  "CR PA CO VE __ __ DZ TN MT AL __ __ LB IL JO KW BH IN BD TH KH BN __ __",
  "__ EC PE BR __ __ SN GH NG LY EG SD __ SA QA AE OM LK __ MY SG ID PG __",
  "__ __ BO PY UY __ CI CM CD UG KE ET __ __ YE __ __ __ __ __ __ __ __ __",
  "__ __ CL AR __ __ __ NA BW ZA ZW ZM TZ MG MU __ __ __ __ __ __ AU NZ __",
];

const PLACES = new Map(
  ROWS.flatMap((row, y) =>
    row.split(" ").flatMap((code, x) => (code === "__" ? [] : [[code, [x, y] as const] as const])),
  ),
);

export interface Place {
  code: string;
  column: number;
  row: number;
}

/** Places some countries to each other, with no row and no column left empty; those of no known place stand last. */
export function placesOf(codes: readonly string[]): Place[] {
  const known = codes.flatMap((code) => {
    const place = PLACES.get(code);
    return place ? [{ code, column: place[0], row: place[1] }] : [];
  });
  const columns = [...new Set(known.map((one) => one.column))].sort((a, b) => a - b);
  const rows = [...new Set(known.map((one) => one.row))].sort((a, b) => a - b);
  const unknown = codes.filter((code) => !PLACES.has(code));
  const width = Math.max(columns.length, 1);
  return [
    ...known.map((one) => ({ ...one, column: columns.indexOf(one.column), row: rows.indexOf(one.row) })),
    ...unknown.map((code, place) => ({
      code,
      column: place % width,
      row: rows.length + Math.floor(place / width),
    })),
  ];
}
