import type { Dependency } from "../../../solver/provider.ts";
import type { BucketNode, LocalNode } from "./nodes.ts";
import type { RequirementTable } from "./requirement-table.ts";

/**
 * Who claims which native library. Two selected packages may not claim the same one, so each claimant excludes the
 * claiming versions of those that were met before it: the later of any two states the clash for both. Only what the
 * solver asked about counts as met, never what merely happens to be loaded, so the order of downloads changes nothing.
 */
export class LinksClaims {
  readonly #requirements: RequirementTable;
  readonly #claimants = new Map<string, Set<BucketNode | LocalNode>>();

  constructor(requirements: RequirementTable) {
    this.#requirements = requirements;
  }

  /** Registers that a release of `node` claims `links`; the result keeps all other claimants away. */
  claim(node: BucketNode | LocalNode, links: string): readonly Dependency[] {
    let claimants = this.#claimants.get(links);
    if (claimants === undefined) this.#claimants.set(links, (claimants = new Set()));
    const requirement = this.#requirements.withoutLinks(links);
    const exclusions: Dependency[] = [];
    for (const other of claimants) {
      if (other === node) continue;
      exclusions.push({
        package: other.index,
        requirement,
        kind: "constrains",
        origin: {
          kind: "rule",
          text: `not links = "${links}"`,
          why: `${nameOf(other)} links the native library \`${links}\` too, and only one package may`,
        },
      });
    }
    claimants.add(node);
    return exclusions;
  }
}

function nameOf(node: BucketNode | LocalNode): string {
  return node.kind === "local" ? node.local.name : `${node.crate} ${node.compatibility}.*`;
}
