import { base44 } from './base44Client';


export const Task = base44.entities.Task;

export const Project = base44.entities.Project;

export const Note = base44.entities.Note;

export const Habit = base44.entities.Habit;


// auth sdk:
export const User = base44.auth;
