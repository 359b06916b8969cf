import * as React from 'react'
import { cn } from '@/lib/utils'

const variants = {
  default: 'bg-teal-700 text-white hover:bg-teal-800',
  outline: 'border border-slate-300 bg-white hover:bg-slate-100',
  ghost: 'hover:bg-slate-100',
}

const Button = React.forwardRef(({ className, variant = 'default', ...props }, ref) => (
  <button
    ref={ref}
    className={cn(
      'inline-flex h-9 items-center justify-center gap-2 rounded-md px-4 text-sm font-medium disabled:opacity-50',
      variants[variant],
      className
    )}
    {...props}
  />
))
Button.displayName = 'Button'

export { Button }
