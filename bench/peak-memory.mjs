// Loaded with --import into a measured program: prints the most memory that it held, in KiB, as the last line on stderr.
process.on("exit", () => {
  process.stderr.write(`${process.resourceUsage().maxRSS}\n`);
});
