import * as React from 'react'
import { cn } from '@/lib/utils'

const Select = React.forwardRef(({ className, onValueChange, children, ...props }, ref) => (
  <select
    ref={ref}
    onChange={(event) => onValueChange?.(event.target.value)}
    className={cn('h-9 w-full rounded-md border border-stone-300 bg-white px-2 text-sm', className)}
    {...props}
  >
    {children}
  </select>
))
Select.displayName = 'Select'

export { Select }
