import { base44 } from './base44Client';


export const checkHabit = (params) => base44.functions.invoke('checkHabit', params);

export const planMyDay = (params) => base44.functions.invoke('planMyDay', params);
