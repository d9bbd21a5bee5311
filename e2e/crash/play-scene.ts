import type { Played } from './part.ts';
import { Scene, type SceneOptions } from './scene.ts';

/** Plays a part on a scene of its own, takes the last look at everything, and ends all of it, whatever failed. */
export async function playScene(options: SceneOptions, play: (scene: Scene) => Promise<void>): Promise<Played> {
  const scene = await Scene.open(options);
  let seen = 'ended early';
  try {
    await play(scene);
    seen = await scene.finish();
  } catch (error) {
    scene.failures.push(String(error));
  }
  const logs = scene.logs();
  await scene.close();
  return { counts: [...scene.done, seen].join('; '), failures: scene.failures, logs };
}
