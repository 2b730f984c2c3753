// The words of the mails: files that a shop edits, a folder per language and in it three per kind of mail,
//   <language>/<kind>.{subject,text,html}.liquid
// and whatever they share, in `_<name>.liquid` beside them or above. What a shop's own folder (MAIL_TEMPLATES) holds takes the
// place of the file of the same name; what it lacks is as it comes with the service.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Liquid } from "liquidjs";
import { MAIL_KINDS, type MailKind } from "../delivery-kinds.ts";

export const FORMATS = ["subject", "text", "html"] as const;
export type Format = (typeof FORMATS)[number];

/** The language of who never said theirs, or says one that there are no templates of. */
const DEFAULT_LANGUAGE = "en";

const SHIPPED = join(import.meta.dirname, "..", "templates");

export interface Templates {
  languages: readonly string[];
  /** Mails that a language has no templates of, `fr/order_expired`: they are written in English. */
  missing: readonly string[];
  /** In the language, else without its region, else in English. */
  of(
    kind: MailKind,
    language: string | null,
  ): { language: string; render(format: Format, model: Record<string, unknown>): string };
}

/** @throws Error that names the folder, or the file and the line in it, and what is wrong */
export function openTemplates(folder?: string): Templates {
  if (folder !== undefined && !existsSync(folder)) throw new Error(`MAIL_TEMPLATES: there is no folder ${folder}`);
  const roots = folder === undefined ? [SHIPPED] : [folder, SHIPPED];
  const languages = [...new Set(roots.flatMap(languagesIn))].sort();
  for (const language of languages) refuseStrangers(language, roots);

  const plain = engineFor(roots);
  // What comes out of a variable is text, whatever it looks like: it can be no tag.
  const escaping = engineFor(roots, { outputEscape: "escape" });
  const engineOf = (format: Format) => (format === "html" ? escaping : plain);

  const known = new Map<string, Record<Format, Parsed>>();
  const missing: string[] = [];
  for (const mail of languages.flatMap((language) => MAIL_KINDS.map((kind) => `${language}/${kind}`))) {
    const files = FORMATS.map((format) => ({ format, file: `${mail}.${format}.liquid` }));
    if (!files.every(({ file }) => roots.some((root) => existsSync(join(root, file))))) {
      missing.push(mail);
      continue;
    }
    const parsed = files.map(({ format, file }) => [format, parse(engineOf(format), file)]);
    known.set(mail, Object.fromEntries(parsed));
  }

  return {
    languages,
    missing,
    of(kind, wanted) {
      const language = [wanted, wanted?.split("-")[0]].find((each) => known.has(`${each}/${kind}`)) ?? DEFAULT_LANGUAGE;
      const files = known.get(`${language}/${kind}`) as Record<Format, Parsed>;
      return { language, render: (format, model) => files[format](model) };
    },
  };
}

/** Options of its own for each: an engine puts its cache into what it is given, and a parsed file knows whether it escapes. */
const engineFor = (roots: readonly string[], more: { outputEscape?: "escape" } = {}): Liquid =>
  new Liquid({
    root: [...roots],
    extname: ".liquid",
    cache: true,
    strictVariables: true,
    strictFilters: true,
    ...more,
  });

type Parsed = (model: Record<string, unknown>) => string;

function parse(engine: Liquid, file: string): Parsed {
  const named = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      // The engine's own sentence has the line, but not always the file.
      throw new Error(`the template ${file}: ${(error as Error).message}`, { cause: error });
    }
  };
  const template = named(() => engine.parseFileSync(file));
  return (model) => named(() => engine.renderSync(template, model));
}

const languagesIn = (root: string): string[] =>
  readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^[a-z]{2,3}(?:-[A-Z]{2})?$/.test(entry.name))
    .map((entry) => entry.name);

/** A file of a misspelt name would be passed over in silence. */
function refuseStrangers(language: string, roots: readonly string[]): void {
  const known = new Set(MAIL_KINDS.flatMap((kind) => FORMATS.map((format) => `${kind}.${format}.liquid`)));
  for (const root of roots) {
    const folder = join(root, language);
    const files = existsSync(folder) ? readdirSync(folder) : [];
    const stranger = files.find((file) => file.endsWith(".liquid") && !file.startsWith("_") && !known.has(file));
    if (stranger !== undefined) throw new Error(`MAIL_TEMPLATES: ${join(folder, stranger)} is the template of no mail`);
  }
}
