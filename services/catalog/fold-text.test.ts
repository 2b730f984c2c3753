import { expect, test } from "@jest/globals";
import { foldText } from "./fold-text.ts";

test.each([
  ["Große Straße ẞ", "grosse strasse ss"],
  ["Łódź Øre Ærø Œuvre Þór Đorđe", "lodz ore aero oeuvre thor dorde"],
  ["ISPARTA ısparta İsparta", "isparta isparta isparta"],
  ["ﬁne ﬂour", "fine flour"],
  ["ＡＢＣ１２ ｶﾞﾗｽ", "abc12 ガラス"],
  ["Boîtes à thé", "boites a the"],
  ["Boi\u0302tes", "boites"],
  ["ΟΔΟΣ οδός", "οδοσ οδοσ"],
  ["Чёрный Чай", "черныи чаи"],
  ["قَهْوَة قـهـوة", "قهوة قهوة"],
  ["Kaffee\u00admaschine", "kaffeemaschine"],
  ["٨٥١٢٣ ८५", "85123 85"],
])("%s is spelled %s", (text, folded) => {
  expect(foldText(text)).toBe(folded);
});

test("signs that are vowels or change the letter stay", () => {
  expect(foldText("कीमत")).not.toBe(foldText("कमत"));
  expect(foldText("がき")).not.toBe(foldText("かき"));
  expect(foldText("ไม้")).not.toBe(foldText("ไม"));
});

test("what is folded stays as it is when folded again", () => {
  for (const text of ["Große Łódź", "ｶﾞﾗｽ", "İsparta", "ΟΔΟΣ", "찻잔", "हिन्दी", "½ ﬁ №"]) {
    expect(foldText(foldText(text))).toBe(foldText(text));
  }
});

test("ten thousand marks behind one letter take no time", () => {
  const before = performance.now();

  foldText(`a${"\u0301".repeat(10_000)}`);

  expect(performance.now() - before).toBeLessThan(500);
});
