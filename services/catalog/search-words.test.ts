import { expect, test } from "@jest/globals";
import { searchText, skuLexeme, spellingsOf, termsOf, tsquery } from "./search-words.ts";

const query = (question: string, weights?: string) => tsquery(termsOf(question), weights);

test("a text is its words, and of a script without spaces each two neighbours", () => {
  expect(searchText("Regency tea-cup & saucer", "85123A")).toBe("regency tea cup saucer 85123a");
  expect(searchText("白い茶碗")).toBe("白い い茶 茶碗 碗");
  expect(searchText("USB充電器 2個")).toBe("usb 充電 電器 器 2 個");
  expect(searchText("!?")).toBe("");
});

test("a question is all of its words, the last perhaps a beginning", () => {
  expect(query("White lant")).toBe("(white) & (lant:*)");
  expect(query("White lant", "AB")).toBe("(white:AB) & (lant:*AB)");
  expect(termsOf(" !? ")).toEqual([]);
});

test("an unspaced word is asked for as the run of its pieces, a single letter as the beginning of one", () => {
  expect(query("茶碗")).toBe("((茶碗))");
  expect(query("白い茶碗 mug")).toBe("((白い <-> い茶 <-> 茶碗)) & (mug:*)");
  expect(query("茶 mug")).toBe("(茶:*) & (mug:*)");
});

test("words that are alike stand beside the one that was asked for", () => {
  expect(tsquery([{ words: ["procer", "procter"], spelled: "procer" }])).toBe("(procer:* | procter:*)");
});

test("a SKU is one lexeme in any letter case and with any signs, unlike one that is divided elsewhere", () => {
  expect(skuLexeme("MUG/BLUE-01")).toBe(skuLexeme("mug blue_01"));
  expect(skuLexeme("A1-B")).not.toBe(skuLexeme("A-1B"));
});

test("only words of letters can be misspelt, and are spelled in ASCII", () => {
  expect(spellingsOf("Чайник и 85123A mug Mug 茶碗 x1 of", "x".repeat(41))).toEqual([
    { word: "чаиник", spelled: "chainik" },
    { word: "mug", spelled: "mug" },
  ]);
});
