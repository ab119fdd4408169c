export { type ChosenRun, type Obstacles, type RunOptions, chooseRun, classifierFix } from './choose.js';
export { defaultRecipe, mismatch } from './default.js';
export { type OptimizerChoice, type Recipe, type ScheduleChoice, learningRate } from './recipe.js';
export { readRecipe, recipeKeys } from './read.js';
export { type Choice, type Setting, wanted } from './setting.js';
export { type DatasetName, type LossName, type OptimizerName, type ScheduleName, datasets, losses, numbers, optimizers, schedules } from './tables.js';
