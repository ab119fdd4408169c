/** What a person does on the canvas, as edits: pure functions of an analysis and an intent. */
export * from './action.js';
export { addClassifier } from './classifier.js';
export { blockUses, makeOwn, renameBlock, wrapInBlock } from './blocks.js';
export { connect, nameProblem, rename, setInputShape, setParam, setRepeat, toggleOff, unsetParam } from './change.js';
export { copyNodes, duplicate, pasteNodes } from './copy.js';
export { addBlockInput, moveBlockInput, removeBlockInput } from './inputs.js';
export { addNode, insertAt, insertBehind, insertOnWire } from './insert.js';
export { join, wantedInput } from './join.js';
export { moveInput, moveOutput } from './order.js';
export { moveNode, moveNodes, moveOntoWire, placedByHand, resetPositions, type Move } from './move.js';
export { paramNameProblem, renameParam } from './params.js';
export { addRecipe, chooseInRecipe, duplicateRecipe, freeRecipeName, recipeNameProblem, removeRecipe, renameRecipe, setRecipeWord } from './recipes.js';
export { renamableAt, type Renamable } from './rename-at.js';
export { disconnect, removeNodes } from './remove.js';
export { drawSkip, skipFit, skipTargets, type Fit } from './skip.js';
export { addInput, inputType } from './source.js';
export { newlyWrong, preview, trial } from './trial.js';
