import * as vscode from 'vscode';
import { networkVariables } from './proxy.js';

/** The folder that VS Code gives the extension; `netwright get` fetches into it. It is known from activation on. */
let storage: vscode.Uri | undefined;
export const keepIn = (uri: vscode.Uri): void => void (storage = uri);

/** What the process of a command is told beside its arguments: where parts lie, which Python was chosen, and how PyTorch is to compute. */
export async function environmentOf(resource: vscode.Uri | undefined): Promise<Record<string, string>> {
  const settings = vscode.workspace.getConfiguration('netwright', resource);
  const [named, chosen] = [settings.get<string>('python', '').trim(), await chosenPython(resource)];
  const torch = {
    autocast: settings.get<string>('torch.autocast', 'off'),
    channelsLast: settings.get<boolean>('torch.channelsLast', false),
    compile: settings.get<boolean>('torch.compile', false),
    tf32: settings.get<boolean>('torch.tf32', false),
  };
  const options = { ...(torch.autocast !== 'off' && { autocast: torch.autocast }), ...(torch.channelsLast && { channelsLast: true }), ...(torch.compile && { compile: true }), ...(torch.tf32 && { tf32: true }) };
  return {
    // VS Code's own Electron is a Node when this is set, so no Node need be installed.
    ELECTRON_RUN_AS_NODE: '1',
    NETWRIGHT_HOST: 'vscode',
    ...(storage?.scheme === 'file' && { NETWRIGHT_STORAGE: storage.fsPath }),
    ...(chosen !== undefined && { NETWRIGHT_PYTHON_EXTENSION: chosen }),
    ...(named && { NETWRIGHT_PYTHON: named }),
    ...(Object.keys(options).length > 0 && { NETWRIGHT_TORCH: JSON.stringify(options) }),
  };
}

/** The same for a command that fetches something: it goes through the proxy that VS Code is set to. */
export async function fetchingEnvironment(): Promise<Record<string, string>> {
  const http = vscode.workspace.getConfiguration('http');
  const network = networkVariables({
    proxy: http.get<string>('proxy') ?? '',
    noProxy: http.get<readonly string[]>('noProxy') ?? [],
    proxyStrictSSL: http.get<boolean>('proxyStrictSSL') ?? true,
    proxySupport: http.get<string>('proxySupport') ?? 'override',
  });
  return { ...(await environmentOf(vscode.workspace.workspaceFolders?.[0]?.uri)), ...network };
}

/** What is used of the API of the Python extension (ms-python.python). */
interface PythonApi {
  readonly environments?: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string };
    resolveEnvironment(environment: { readonly path: string }): Promise<{ readonly executable?: { readonly uri?: vscode.Uri } } | undefined>;
  };
}

/** Milliseconds that the Python extension may take to start; a run does without it then. */
const patience = 5000;

/** The interpreter that is chosen in the Python extension, where that is installed. */
async function chosenPython(resource: vscode.Uri | undefined): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension<PythonApi>('ms-python.python');
  if (!extension) return undefined;
  const ask = async (): Promise<string | undefined> => {
    const { environments } = extension.isActive ? extension.exports : await extension.activate();
    if (!environments) return undefined;
    const resolved = await environments.resolveEnvironment(environments.getActiveEnvironmentPath(resource));
    return resolved?.executable?.uri?.fsPath;
  };
  return Promise.race([ask().catch(() => undefined), new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), patience))]);
}
