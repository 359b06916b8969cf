import { BrowserRouter as Router, Route, Routes, useLocation } from 'react-router-dom';
import Layout from '../Layout.jsx';
import Habits from './Habits';
import Notes from './Notes';
import Projects from './Projects';
import Tasks from './Tasks';
import Today from './Today';

const PAGES = {
  Today: Today,
  Tasks: Tasks,
  Projects: Projects,
  Notes: Notes,
  Habits: Habits,
};

function currentPage(pathname) {
  const last = pathname.split('/').filter(Boolean).pop() ?? '';
  return Object.keys(PAGES).find((name) => name.toLowerCase() === last.toLowerCase()) ?? 'Today';
}

function PagesContent() {
  const { pathname } = useLocation();

  return (
    <Layout currentPageName={currentPage(pathname)}>
      <Routes>
        <Route path="/" element={<Today />} />
        <Route path="/Today" element={<Today />} />
        <Route path="/Tasks" element={<Tasks />} />
        <Route path="/Projects" element={<Projects />} />
        <Route path="/Notes" element={<Notes />} />
        <Route path="/Habits" element={<Habits />} />
      </Routes>
    </Layout>
  );
}

export default function Pages() {
  return (
    <Router>
      <PagesContent />
    </Router>
  );
}
