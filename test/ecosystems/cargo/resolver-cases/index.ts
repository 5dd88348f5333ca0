import type { ResolverCase } from "./case.ts";
import { featureCases } from "./features.ts";
import { hardCases } from "./hard.ts";
import { plainCases } from "./plain.ts";

/** Every case; names are unique. */
export const resolverCases: readonly ResolverCase[] = [...plainCases, ...featureCases, ...hardCases];
