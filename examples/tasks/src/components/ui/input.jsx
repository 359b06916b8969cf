import * as React from 'react'
import { cn } from '@/lib/utils'

const Input = React.forwardRef(({ className, ...props }, ref) => (
  <input
    ref={ref}
    className={cn('h-9 w-full rounded-md border border-slate-300 bg-white px-3 text-sm', className)}
    {...props}
  />
))
Input.displayName = 'Input'

export { Input }
