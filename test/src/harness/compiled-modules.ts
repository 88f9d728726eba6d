import type { ResolveHook } from 'node:module';

/**
 * Node's hook: takes our packages from the modules that were compiled and not from their bundles, so that one module can be changed while
 * it is loaded. Each lies beside its types.
 */
export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  if (!/^(?:@lockstep\/|lockstep$)/u.test(specifier)) return nextResolve(specifier, context);
  const types = await nextResolve(specifier, { ...context, conditions: ['types', ...context.conditions] });
  return { ...types, url: types.url.replace(/\.d\.ts$/u, '.js'), format: 'module' };
};
