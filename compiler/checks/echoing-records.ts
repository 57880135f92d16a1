/** A handler for an entry must not record the same series: that entry would call it again, without end. */
import { diagnostic } from '../../language/diagnostics.ts';
import { findSeries } from '../symbols.ts';
import type { Check } from './question.ts';

export const echoingRecords: Check = {
  part({ deeds }, { symbols }, report) {
    for (const { rule, action } of deeds) {
      if (rule?.kind !== 'on' || action?.kind !== 'record') continue;
      const heard = findSeries(symbols, rule.series.text)?.name;
      const told = findSeries(symbols, action.series.text)?.name;
      if (heard !== undefined && heard === told) report(diagnostic('records-itself', action.span, { name: heard }));
    }
  },
};
