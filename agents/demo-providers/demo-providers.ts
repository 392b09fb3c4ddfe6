import { dnai } from "./dnai/dnai";
import { holterAi } from "./holter-ai/holter-ai";
import { rheumaScore } from "./rheuma-score/rheuma-score";
import type { Provider } from "./shared/provider";

/** The three demo providers, in the order of their ports. */
export const demoProviders: readonly Provider[] = [rheumaScore, dnai, holterAi];
