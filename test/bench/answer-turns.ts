import readline from 'node:readline';

/**
 * A racer's side: makes the first steps, saying `first` and `ready`, then for every line with a number of seconds as many steps as these allow, and answers
 * with the milliseconds of each. `steps` makes some steps and answers the milliseconds of one.
 */
export async function answerTurns(steps: () => Promise<number>): Promise<void> {
  await steps();
  console.log('first');
  for (let k = 0; k < 4; k++) await steps();
  console.log('ready');
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const times: number[] = [];
    for (const end = performance.now() + Number(line) * 1000; times.length === 0 || performance.now() < end; ) times.push(await steps());
    console.log(JSON.stringify(times));
  }
}

/** Runs a racer's program and ends the process. */
export function runRacer(main: (args: readonly string[]) => Promise<void>): void {
  main(process.argv.slice(2)).then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : String(error));
      process.exit(1);
    },
  );
}
