import type { Command } from "commander";
import type { RunAction } from "../command-context.ts";
import { withExamples } from "../help.ts";

/** `enki cache`: what is kept between runs. */
export function addCacheCommand(program: Command, run: RunAction): void {
  const command = program
    .command("cache")
    .summary("look after what was downloaded: dir, clean, prune, verify")
    .description("Looks after what registries answered. It can be deleted at any time; Enki asks again.");
  withExamples(command, [
    ["enki cache dir", "where it is"],
    ["enki cache clean", "delete all of it"],
    ["enki cache prune --days 30", "delete what was not used for a month"],
    ["enki cache verify", "check every entry against its checksum"],
  ]);
  const subcommands = [
    command.command("dir").summary("print where the cache is"),
    command.command("clean").summary("delete all of it"),
    command
      .command("prune")
      .summary("delete what was not used lately")
      .option("--days <count>", "days without use", "30"),
    command.command("verify").summary("check every entry; damaged ones are deleted"),
  ];
  for (const subcommand of subcommands) {
    subcommand.action(async () => {
      const { days }: { readonly days?: string } = subcommand.opts();
      await run(subcommand, async (context) => {
        const { tendCache } = await import("../tend-cache.ts");
        return tendCache(context, subcommand.name(), days);
      });
    });
  }
}
