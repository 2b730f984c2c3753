export interface Statement {
  name: string;
  text: string;
  values: unknown[];
}
