//! Keeps the process's memory to itself: no core dump, no reading by other processes of the same user.
//! Source: `security.md` T-SEC-08.

use rustix::process::{Resource, Rlimit, setrlimit};

use crate::BrokerError;

/// No core dump, and not dumpable where the system knows that.
pub(crate) fn harden() -> Result<(), BrokerError> {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none).map_err(|e| BrokerError::Harden(e.into()))?;
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)
        .map_err(|e| BrokerError::Harden(e.into()))?;
    Ok(())
}
