import Pages from '@/pages/index.jsx'

export default function App() {
  return <Pages />
}
