import { describe, expect, test } from "@jest/globals";
import { cellsOfLine, readRecords } from "./csv-records.ts";

const read = (text: string, delimiter = ",") =>
  Array.from(readRecords(text, delimiter), ({ line, cells }) => [line, ...cells]);
const refusal = (text: string) => {
  try {
    read(text);
  } catch (error) {
    return (error as Error).message;
  }
  return "none";
};

describe("a record", () => {
  test.each([
    ["has cells between delimiters", "a,b,c", [[1, "a", "b", "c"]]],
    ["has empty cells", ",a,,", [[1, "", "a", "", ""]]],
    ["has no blanks around its cells", " a , b\u00a0,\tc", [[1, "a", "b", "c"]]],
    ["has delimiters in quotes", 'a,"b,c",d', [[1, "a", "b,c", "d"]]],
    ["has quotes in quotes, when they are doubled", '"a ""b""","""",""', [[1, 'a "b"', '"', ""]]],
    ["may have blanks around quotes", 'a, "b,c" ,d', [[1, "a", "b,c", "d"]]],
    ["has inch signs in cells without quotes", 'Plate 10" blue,10",5 "x"', [[1, 'Plate 10" blue', '10"', '5 "x"']]],
  ])("%s", (_, text, records) => {
    expect(read(text)).toEqual(records);
  });
  test("may have other delimiters, and commas in its cells", () => {
    expect(read('a,b;"c;d";e', ";")).toEqual([[1, "a,b", "c;d", "e"]]);
    expect(read('a;b\t"c\td"\t e ', "\t")).toEqual([[1, "a;b", "c\td", "e"]]);
  });
  test.each(["\n", "\r\n", "\r"])(
    "begins in its line of the file, whatever line breaks are %j and stand in cells",
    (end) => {
      const text = ["a,b", "", '"two', "", 'three",c', "d,e", "", "f,g", ""].join(end);

      expect(read(text)).toEqual([
        [1, "a", "b"],
        [2, ""],
        [3, ["two", "", "three"].join(end), "c"],
        [6, "d", "e"],
        [7, ""],
        [8, "f", "g"],
      ]);
    },
  );
  test("begins in its line where line breaks are mixed", () => {
    expect(read('a\r\n"b\r\nb\nb\rb"\nc\rd')).toEqual([
      [1, "a"],
      [2, "b\r\nb\nb\rb"],
      [6, "c"],
      [7, "d"],
    ]);
  });
  test("of a large file is read in time that grows with it", () => {
    const text = 'mug,"a ""b"", c\r\nd",10"\r\n'.repeat(100_000);

    expect(read(text)).toHaveLength(100_000);
  });
});

describe("a quote is refused with its line", () => {
  test.each([
    ["that is never closed", 'a,b\n"c\nd",e,"f\ng,h\n', "Line 3: a quote opens a cell and is never closed"],
    ["that is never closed, in an empty file but for it", '"', "Line 1: a quote opens a cell and is never closed"],
    [
      "with text behind its closing one",
      'a,b\n"c" d,e\n',
      "Line 2: a quote opens a cell, and behind its closing quote there is more text. A cell in quotes ends with them, and a quote inside it is written twice",
    ],
    [
      "with text behind its closing one lines later",
      'a,"b\nb"\n\nc,"d,e\nf,"g",h\n',
      "Line 4: a quote opens a cell, and behind its closing quote in line 5 there is more text. A cell in quotes ends with them, and a quote inside it is written twice",
    ],
  ])("%s", (_, text, message) => {
    expect(refusal(text)).toBe(message);
  });
});

test("of one line alone a quote that does not close properly is a sign like any other", () => {
  expect(cellsOfLine('a,"b,c,"d" e,"f,g"', ",")).toEqual(["a", '"b', "c", '"d" e', "f,g"]);
});
