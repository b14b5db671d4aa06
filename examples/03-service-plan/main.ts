/** A plan of services, answered at the end, and its summary. Run: node --conditions=@sagaspec/source --import tsx examples/03-service-plan/main.ts */
import { pathToFileURL } from "node:url";
import { createClient, createSagaRunner, isFailure, serve } from "@sagaspec/runtime";
import { createSagaAdmin, type SagaSummary } from "@sagaspec/runtime/admin";
import { createMemorySagaStore, createMemoryTransport } from "@sagaspec/runtime/memory";
import { directory } from "../../generated/directory/index.js";
import { onboarding, type Team, type TeamOnboarded } from "../../generated/onboarding/index.js";
import { onboardTeam } from "./saga.js";

/** What has become of a team. */
export interface Onboarding {
  /** The combined answer, or why there is none. */
  readonly answer: TeamOnboarded | { readonly refused: string };
  readonly summary: SagaSummary | undefined;
  /** Whoever and whatever is in the directory at the end, with their ids. */
  readonly entries: Readonly<Record<string, number>>;
}

/** Onboards a team, in a directory that knows some `names` already. */
export async function main(team: Team, names: readonly string[] = []): Promise<Onboarding> {
  const entries = new Map(names.map((name, index) => [name, index + 1]));
  let lastId = names.length;
  function create(name: string, fail: (failure: "nameTaken", about: { name: string }) => Error): { id: number } {
    if (entries.has(name)) throw fail("nameTaken", { name });
    lastId += 1;
    entries.set(name, lastId);
    return { id: lastId };
  }

  const transport = createMemoryTransport();
  const services = await serve(
    directory,
    {
      createGroup: ({ name }, { fail }) => create(name, fail),
      createUser: ({ name }, { fail }) => create(name, fail),
      removeGroup: ({ name }) => void entries.delete(name),
      removeUser: ({ name }) => void entries.delete(name),
    },
    transport,
  );

  const store = createMemorySagaStore();
  const sagas = createSagaRunner({ service: "onboarding", sagas: [onboardTeam], store, transport });
  await sagas.start();
  const desk = await serve(onboarding, { onboardTeam: sagas.handler(onboardTeam) }, transport);

  const answer = await createClient(onboarding, transport)
    .onboardTeam(team)
    .catch((error: unknown) => {
      if (!isFailure(error, onboarding.onboardTeam)) throw error;
      return { refused: error.failure.payload.reason };
    });
  const admin = createSagaAdmin({ store, sagas: [onboardTeam], runner: sagas });
  const started = await admin.find("onboard-team", team.team);
  const summary = started && (await admin.summary(started.id));

  await desk.close();
  await sagas.close();
  await services.close();
  await transport.close();
  return { answer, summary, entries: Object.fromEntries(entries) };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { answer, summary } = await main({ team: "maths", wantsGroup: true, seats: 2 });
  console.log(answer);
  console.log(JSON.stringify(summary, null, 2));
  console.log((await main({ team: "maths", wantsGroup: true, seats: 2 }, ["maths-2"])).answer);
}
