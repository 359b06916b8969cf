import { format, parseISO } from 'date-fns';

export const money = (amount, currency = 'EUR') =>
  new Intl.NumberFormat('en-GB', { style: 'currency', currency }).format(amount ?? 0);

export const day = (iso) => (iso ? format(parseISO(iso), 'd MMM yyyy') : '–');

export const time = (iso) => (iso ? format(parseISO(iso), 'HH:mm') : '–');

export const dayAndTime = (iso) => (iso ? format(parseISO(iso), 'EEE d MMM, HH:mm') : '–');

// "no_show" -> "No show"
export const label = (value = '') => {
  const words = value.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};
