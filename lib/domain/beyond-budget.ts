/** What a person who gives a session away has to know (decision 0084): said where one is signed, and where one is listed. */
export const BEYOND_BUDGET =
  "The budget does not cover the buffers of these streams: if your balance runs out, liquidators keep up to four hours of the running rates.";
