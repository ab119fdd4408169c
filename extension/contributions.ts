import { commands, viewType, type CommandRow, type MenuPlace } from './contributions/commands.js';
import { settings } from './contributions/settings.js';
import { problemMatcher, taskDefinition, taskType } from './contributions/tasks.js';
import { walkthrough } from './contributions/walkthrough.js';

const rows: readonly (readonly [string, CommandRow])[] = Object.entries(commands);

/** Menu items of one menu, in the order of the table. */
function itemsOf(menu: MenuPlace['menu']): object[] {
  return rows.flatMap(([command, row]) =>
    (row.menus ?? []).filter((place) => place.menu === menu).map(({ when, group }) => ({ command, ...(when === undefined ? {} : { when }), group })),
  );
}

/**
 * The parts of package.json that are made from the tables: `npm run manifest` writes them, and a test fails when they are stale.
 */
export const manifest = {
  // A design may be opened as text only, in a folder that had none when the window opened.
  activationEvents: ['onLanguage:jsonc', 'workspaceContains:**/*.nnet.json', `onTaskType:${taskType}`],
  capabilities: {
    untrustedWorkspaces: {
      supported: 'limited',
      description: 'Designs can be drawn, checked and exported. Running them (Check, Trace and Train as tasks) needs a trusted workspace.',
      restrictedConfigurations: Object.keys(settings),
    },
    virtualWorkspaces: { supported: 'limited', description: 'Designs can be drawn, checked and exported; runs need files on a disk.' },
  },
  contributes: {
    languages: [{ id: 'jsonc', extensions: ['.nnet.json'] }],
    jsonValidation: [{ fileMatch: '*.nnet.json', url: './media/nnet.schema.json' }],
    customEditors: [{ viewType, displayName: 'Netwright Canvas', selector: [{ filenamePattern: '*.nnet.json' }], priority: 'default' }],
    configuration: { title: 'Netwright', properties: settings },
    configurationDefaults: {
      // A version of a file shows as text, and with it every diff that has such a version on one side.
      'workbench.editorAssociations': { '{git,gitlens,gitlens-git,conflictResolution,vscode-local-history}:/**/*.nnet.json': 'default' },
    },
    commands: rows.map(([command, { title, icon }]) => ({ command, title, category: 'Netwright', ...(icon === undefined ? {} : { icon }) })),
    keybindings: rows.flatMap(([command, { keybinding }]) => (keybinding === undefined ? [] : [{ command, ...keybinding }])),
    menus: {
      commandPalette: rows.filter(([, row]) => row.when !== 'true').map(([command, { when }]) => ({ command, when })),
      'editor/title': itemsOf('editor/title'),
      'editor/title/run': itemsOf('editor/title/run'),
      'explorer/context': itemsOf('explorer/context'),
      'file/newFile': itemsOf('file/newFile'),
    },
    taskDefinitions: [taskDefinition],
    problemMatchers: [problemMatcher],
    walkthroughs: [walkthrough],
  },
};
