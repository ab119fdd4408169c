/** Plain JSON. Objects made by the parser keep the file's key order and are never used as maps of user names. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** Where something stands in the file: object keys and list indices from the root. */
export type JsonPath = readonly (string | number)[];

/** Half-open range of UTF-16 offsets in the text. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}
