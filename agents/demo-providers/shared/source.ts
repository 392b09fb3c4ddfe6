/** Where a rule or a formula comes from. */
export type Source = {
  readonly citation: string;
  readonly year: number;
  readonly url?: string;
};
